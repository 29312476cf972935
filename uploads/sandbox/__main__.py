"""Starts the reading process, as a script: Python keeps no compiled form of a script, so it is short."""

import gc
import json
import os
import sys

if __name__ == "__main__":
    # While modules are imported there is no garbage, and looking for it takes a tenth of the time.
    gc.disable()
    # Without pathlib: its import takes longer than this process takes to confine itself.
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))

    from uploads.sandbox.leesproces import main

    main(json.loads(sys.argv[1]))
    # Every answer was sent. To take down all that was imported would take a third as long as the start.
    os._exit(0)
