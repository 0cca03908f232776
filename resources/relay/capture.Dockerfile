# syntax=docker/dockerfile:1
# Prints the packets of the chat service; with other arguments whatever tcpdump can do.

FROM alpine:3.22
RUN apk add --no-cache tcpdump
STOPSIGNAL SIGINT
ENTRYPOINT ["tcpdump", "-i", "any", "-n", "-S"]
CMD ["-tttt", "-l", "tcp port 4333"]
