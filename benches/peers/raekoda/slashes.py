"""Serves a site with `raekoda serve`, also at addresses with a slash at the end.

    slashes.py PORT PROGRAM ARGUMENT...

The comparison with other generators asks for addresses with a slash and follows no redirects; Raekoda's addresses have
none. What this costs is part of Raekoda's figures.
"""

import http.client
import http.server
import signal
import socket
import subprocess
import sys


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Slashes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=600)
        try:
            connection.request("GET", self.path.rstrip("/") or "/")
            answer = connection.getresponse()
            body = answer.read()
        except OSError:
            self.send_error(503)
            return
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    port, program, *arguments = sys.argv[1:]
    behind = free_port()
    process = subprocess.Popen([program, *arguments, "--port", str(behind)])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Slashes)
    server.behind = behind
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.serve_forever()
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
