"""What a stranger and a user do, for packaging/deb/try: client.py send SUBJECT | client.py login SECRET."""

import poplib
import smtplib
import sys

if sys.argv[1] == "send":
    with smtplib.SMTP("127.0.0.1", 25, timeout=60) as smtp:
        smtp.sendmail(
            "ann@outside.example",
            ["john@inside.example"],
            "From: ann@outside.example\r\nTo: john@inside.example\r\nSubject: %s\r\n"
            "Date: Sun, 22 Nov 2026 12:00:00 +0000\r\nMessage-ID: <%s@outside.example>\r\n\r\nHello.\r\n"
            % (sys.argv[2], sys.argv[2]),
        )
else:
    pop = poplib.POP3("127.0.0.1", 110, timeout=60)
    pop.apop("john", sys.argv[2])
    count, octets = pop.stat()
    pop.quit()
    print("messages", count)
