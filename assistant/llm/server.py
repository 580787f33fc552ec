"""A model's server in a process of its own, run by its path: it imports nothing of Daybook.

It prints one line, the address, and ends when its standard input does: with the process that started it, however
that ended. The first line of standard input is the key that it asks for.
"""

import os
import sys


def main(model: str, context_tokens: int) -> None:
    """Serve a GGUF file on a free port of this machine until standard input ends."""
    import xllamacpp  # noqa: PLC0415 - a test reads this file without it

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx, params.n_parallel = context_tokens, 1
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.api_keys = [sys.stdin.readline().strip()]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
    server = xllamacpp.Server(params)
    print(f"serving {server.listening_address}", flush=True)
    sys.stdin.read()
    os._exit(0)  # its threads need not be waited for


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
