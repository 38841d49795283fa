"""`python -m sourcead`: the same as the `sourcead` command."""

import sys

from sourcead.cli import main

sys.exit(main())
