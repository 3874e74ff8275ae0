# A FIX client with simplefix over a real socket, for tests: lines of JSON in, lines of JSON out.
#
# In: {"fields": [[tag, value], ...]} is encoded and sent, {"raw": "hex"} is sent as it is, {"close": true} closes the socket.
# Out: {"message": [[tag, value], ...]} for each message that the library's parser finds, {"closed": true} at the end.
import json
import socket
import sys
import threading

import simplefix

connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
lock = threading.Lock()


def say(value):
    with lock:
        print(json.dumps(value), flush=True)


def listen():
    parser = simplefix.FixParser()
    while True:
        try:
            received = connection.recv(65536)
        except OSError:
            received = b""
        if not received:
            break
        parser.append_buffer(received)
        message = parser.get_message()
        while message is not None:
            say({"message": [[int(tag), value.decode("latin-1")] for tag, value in message.pairs]})
            message = parser.get_message()
    say({"closed": True})


threading.Thread(target=listen, daemon=True).start()
for line in sys.stdin:
    order = json.loads(line)
    if "raw" in order:
        connection.sendall(bytes.fromhex(order["raw"]))
    elif "close" in order:
        connection.shutdown(socket.SHUT_RDWR)
    else:
        message = simplefix.FixMessage()
        message.append_pair(8, "FIX.4.4")
        for tag, value in order["fields"]:
            message.append_pair(tag, value)
        connection.sendall(message.encode())
