import sys

from safetyreg_client.commands import main

if __name__ == "__main__":
    sys.exit(main())
