"""Starts the reading process, as a script: Python keeps no compiled form of a script, so it is short."""

import json
import os.path
import sys

if __name__ == "__main__":
    # Without pathlib: its import takes longer than this process takes to confine itself.
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))

    from uploads.sandbox.leesproces import main

    main(json.loads(sys.argv[1]))
