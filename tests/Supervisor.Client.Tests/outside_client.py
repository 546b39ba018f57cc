"""A client of the remoting protocol that knows nothing but docs/remoting.md and Python's own modules.

outside_client.py SOCKET: defines a VM, starts it, follows its events, loses its connection, asks again, stops and undefines it.
Prints a line for everything that it has checked, and ends with 0 when all of it was so.
"""
import base64
import hashlib
import json
import os
import socket
import struct
import sys

VM = 104


class Connection:
    """A WebSocket (RFC 6455) over a unix socket, and JSON-RPC 2.0 on it."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(30)
        self.socket.connect(path)
        self.stream = self.socket.makefile("rb")
        self.last_id = 0
        self.notifications = []
        self.answers = {}
        self.upgrade()

    def upgrade(self):
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            "GET /v1/remoting HTTP/1.1\r\nHost: vmsupd\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
        status = self.stream.readline().decode()
        headers = {}
        while (line := self.stream.readline().decode().strip()):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        check("the upgrade is answered with 101", status.split()[1] == "101", status)
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        check("Sec-WebSocket-Accept belongs to the key", headers.get("sec-websocket-accept") == accept, headers)

    def send_frame(self, opcode, payload):
        mask = os.urandom(4)
        length = len(payload)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
        elif length < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))

    def read_exactly(self, count):
        data = self.stream.read(count)
        if len(data) < count:
            raise ConnectionError("the connection ended")
        return data

    def read_message(self):
        message = b""
        while True:
            first, second = self.read_exactly(2)
            length = second & 0x7F
            if length == 126:
                length, = struct.unpack("!H", self.read_exactly(2))
            elif length == 127:
                length, = struct.unpack("!Q", self.read_exactly(8))
            payload = self.read_exactly(length)
            opcode = first & 0x0F
            if opcode == 0x8:
                raise ConnectionError(f"closed with {struct.unpack('!H', payload[:2])[0] if payload else 'no status'}")
            if opcode == 0x9:
                self.send_frame(0xA, payload)
            elif opcode in (0x0, 0x1):
                message += payload
                if first & 0x80:
                    return json.loads(message)

    def send(self, method, params, with_id=True):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if with_id:
            self.last_id += 1
            message["id"] = self.last_id
        self.send_frame(0x1, json.dumps(message).encode())
        return self.last_id

    def take(self):
        message = self.read_message()
        if "method" in message:
            self.notifications.append(message)
        else:
            self.answers[message["id"]] = message

    def answer(self, request):
        while request not in self.answers:
            self.take()
        return self.answers.pop(request)

    def call(self, method, **params):
        answer = self.answer(self.send(method, params))
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def error(self, method, **params):
        answer = self.answer(self.send(method, params))
        check(f"{method} is refused", "error" in answer, answer)
        return answer["error"]

    def notification(self, method, accept):
        while True:
            for message in self.notifications:
                if message["method"] == method and accept(message["params"]):
                    self.notifications.remove(message)
                    return message["params"]
            self.take()

    def close(self):
        self.send_frame(0x8, struct.pack("!H", 1000))
        self.socket.close()


def check(what, holds, found=None):
    if not holds:
        print(f"NOT SO: {what}: {found}")
        sys.exit(1)
    print(what, flush=True)


def greet(path):
    connection = Connection(path)
    hello = connection.call("hello", versions=[1], client="outside/1.0")
    check("version 1 is spoken", hello["version"] == 1, hello)
    return connection, hello


def ended(event):
    return event["event"]["entry"]["type"] == "operation-ended"


def main(path):
    connection = Connection(path)
    check("before hello nothing is done", connection.error("list")["code"] == -32000)
    error = connection.error("hello", versions=[99])
    check("an unknown version is refused with those that there are", error["code"] == -32001 and error["data"]["versions"] == [1], error)
    connection.close()

    connection, hello = greet(path)
    views = connection.call("list")
    check("there is no VM yet", views["vms"] == [], views)
    subscription = connection.call("subscribe", after=views["position"])
    watch = connection.call("watch", vm=VM)
    check("the VM is not there", watch["presence"] == "undefined", watch)

    definition = {"vm": {"id": VM, "name": "web-1", "memory": "64 MiB"}}
    operation = connection.call("ask", vm=VM, operation="define-1", wait="ended", command={"kind": "define", "definition": definition})
    check("it is defined", operation["status"] == "succeeded", operation)
    news = connection.notification("watch", lambda it: it["watch"] == watch["watch"])
    check("whoever watches is told that it is there", news["presence"] == "here" and news["view"]["name"] == "web-1", news)

    wrong = connection.error("ask", vm=VM, command={"kind": "start", "pause": True})
    check("a misspelt field is refused", wrong["code"] == -32602 and wrong["data"]["kind"] == "invalid", wrong)
    wrong = connection.error("ask", vm=VM, command={"kind": "define", "definition": {"vm": {"id": VM}}})
    check("a faulty definition is refused with its faults", wrong["data"]["faults"][0]["key"] == "vm.memory", wrong)

    operation = connection.call("ask", vm="web-1", operation="start-1", wait="ended", deadlineMs=30000, command={"kind": "start"})
    check("it is started", operation["status"] == "succeeded" and operation["vm"] == VM, operation)
    view = connection.call("vm", vm="web-1")
    check("it runs", (view["state"], view["guest"], view["incarnation"]) == ("Running", "running", 1), view)

    seen = []
    while not seen or not (ended(seen[-1]) and seen[-1]["event"]["entry"]["operation"] == "start-1"):
        seen.append(connection.notification("event", lambda it: it["subscription"] == subscription["subscription"]))
    positions = [it["event"]["position"] for it in seen]
    check("its events come in order and without a gap", positions == list(range(views["position"] + 1, positions[-1] + 1)), positions)

    # The connection breaks in the middle of something: nobody knows whether it was done.
    connection.send("ask", {"vm": VM, "operation": "reset-1", "command": {"kind": "reset"}})
    connection.socket.close()
    connection, _ = greet(path)
    subscription = connection.call("subscribe", after=positions[-1], vm=VM)
    first = connection.call("ask", vm=VM, operation="reset-1", wait="ended", command={"kind": "reset"})
    again = connection.call("ask", vm=VM, operation="reset-1", wait="ended", command={"kind": "reset"})
    check("asked again with the same id, it is the same operation", first == again and first["status"] == "succeeded", (first, again))
    conflict = connection.error("ask", vm=VM, operation="reset-1", command={"kind": "stop"})
    check("the same id for something else is a conflict", conflict["code"] == -32012, conflict)

    connection.send("tell", {"vm": VM, "operation": "pause-1", "command": {"kind": "pause"}}, with_id=False)
    told = None
    while told is None:
        news = connection.notification("event", ended)
        if news["event"]["entry"]["operation"] == "pause-1":
            told = connection.call("operation", operation="pause-1")
    check("what was told was done", told["status"] == "succeeded", told)

    watch = connection.call("watch", vm="web-1")
    connection.call("ask", vm=VM, operation="stop-1", wait="ended", command={"kind": "stop"})
    connection.call("ask", vm=VM, operation="undefine-1", wait="ended", command={"kind": "undefine"})
    news = connection.notification("watch", lambda it: it["watch"] == watch["watch"])
    check("whoever watches is told that it is gone", news["presence"] == "undefined", news)
    check("it is not found any more", connection.error("vm", vm=VM)["code"] == -32011)

    connection.send("cancel", {"request": 4711}, with_id=False)
    connection.call("unwatch", watch=watch["watch"])
    connection.call("unsubscribe", subscription=subscription["subscription"])

    # From the beginning, once more: the whole story, each event once.
    connection.call("subscribe", after=0)
    story = []
    while not story or not (ended(story[-1]) and story[-1]["event"]["entry"]["operation"] == "undefine-1"):
        story.append(connection.notification("event", lambda it: it["subscription"] == 2))
    resets = [it for it in story if ended(it) and it["event"]["entry"]["operation"] == "reset-1"]
    check("the reset that was asked for three times was done once", len(resets) == 1, resets)
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
