import { describe, expect, test } from 'vitest';
import { askImageId, encodeRequest } from '../../guest/image-id.ts';
import { expectRejection } from '../support/expect-refusal.ts';

describe('the image id request', () => {
  test('is a frame: header length, JSON header that names the attachment, the ELF', () => {
    const elf = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0);
    const frame = Buffer.from(encodeRequest(elf));
    const headerBytes = frame.readUInt32LE(0);
    expect(JSON.parse(frame.toString('utf8', 4, 4 + headerBytes))).toEqual({
      id: 1,
      method: 'imageId',
      params: {},
      attachments: [5],
    });
    expect(frame.subarray(4 + headerBytes)).toEqual(Buffer.from(elf));
  });

  test('fails when there is no such host', async () => {
    const path = '/nowhere/proofbook-host';
    const error = await expectRejection(askImageId(path, new Uint8Array(4)), 'GUEST_IMAGE_ID_FAILED', {
      path,
    });
    expect(error.message).toContain('ENOENT');
  });

  test('fails when the host ends without an answer', async () => {
    const failure = askImageId('true', new Uint8Array(4));
    const error = await expectRejection(failure, 'GUEST_IMAGE_ID_FAILED');
    expect(error.message).toMatch(/ended with status|closed its output/);
  });
});
