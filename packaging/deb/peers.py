"""A mail hub and an inside POP3 server on loopback, for packaging/deb/try: peers.py HUB-PORT MAIL-FILE POP-PORT SECRET.

The hub appends each message to MAIL-FILE; a HUB-PORT or POP-PORT of 0 leaves that one out."""

import hashlib
import socketserver
import sys
import threading


class Hub(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 hub ESMTP")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.say("250-hub\r\n250 8BITMIME")
            elif verb == b"DATA":
                self.say("354 go on")
                self.take()
                self.say("250 taken")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self):
        with open(sys.argv[2], "ab") as mail:
            for line in self.rfile:
                if line == b".\r\n":
                    return
                mail.write(line)

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class Pop(socketserver.StreamRequestHandler):
    STAMP = "<1.2@inside.example>"

    def handle(self):
        self.say("+OK ready " + self.STAMP)
        for line in self.rfile:
            words = line.decode("ascii", "replace").split()
            if words[:1] == ["APOP"]:
                digest = hashlib.md5((self.STAMP + sys.argv[4]).encode()).hexdigest()
                self.say("+OK in" if words[1:] == ["john", digest] else "-ERR no")
            elif words[:1] == ["STAT"]:
                self.say("+OK 1 42")
            elif words[:1] == ["QUIT"]:
                self.say("+OK bye")
                return
            else:
                self.say("-ERR what")

    say = Hub.say


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def serve(port, handler):
    if port:
        server = Server(("127.0.0.1", port), handler)
        threading.Thread(target=server.serve_forever).start()


serve(int(sys.argv[1]), Hub)
serve(int(sys.argv[3]), Pop)
print("peers: ready", flush=True)
