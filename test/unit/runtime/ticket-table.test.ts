import { describe, expect, test } from 'vitest';
import type { DeskClient } from '../../../queue/runtime/gateways/desk/desk-client.ts';
import { TicketTable } from '../../../queue/runtime/gateways/desk/ticket-table.ts';

const client = (): DeskClient => ({ transition: () => {}, done: () => {}, flush: () => {} });

describe.each([0, 2 ** 31 - 3])('tickets from %i on', (first) => {
  test('say who sent a command and what it was called, until they are taken back', () => {
    const table = new TicketTable(8, first);
    const clients = Array.from({ length: 6 }, client);
    const tickets = clients.map((one, index) => table.issue(one, index + 10));
    expect(new Set(tickets).size).toBe(6);
    expect(tickets.every((ticket) => ticket >= 0 && ticket < 2 ** 31)).toBe(true);
    expect(table.out).toBe(6);
    expect(table.room).toBe(2);
    tickets.forEach((ticket, index) => {
      expect(table.isOut(ticket)).toBe(true);
      expect(table.clientOf(ticket)).toBe(clients[index]);
      expect(table.numberOf(ticket)).toBe(index + 10);
    });
    // With one, all before it are taken back.
    table.close(tickets[3] ?? -1);
    expect(tickets.map((ticket) => table.isOut(ticket))).toEqual([false, false, false, false, true, true]);
    expect(table.room).toBe(6);
    expect(table.clientOf(tickets[0] ?? -1)).toBeUndefined();
    table.close(tickets[5] ?? -1);
    expect(table.out).toBe(0);
  });

  test('of somebody else are not out', () => {
    const table = new TicketTable(8, first);
    const ticket = table.issue(client(), 1);
    for (const other of [-1, -(2 ** 31), (ticket + 1) % 2 ** 31, (ticket + 2 ** 30) % 2 ** 31])
      expect(table.isOut(other)).toBe(false);
  });

  test('go round for ever', () => {
    const table = new TicketTable(4, first);
    const one = client();
    for (let number = 1; number < 50; number++) {
      const ticket = table.issue(one, number);
      expect(table.numberOf(ticket)).toBe(number);
      table.close(ticket);
      expect(table.out).toBe(0);
    }
  });
});
