"""Reading plans and people from workbooks that strangers made."""

import os

# Where lxml is installed openpyxl prefers it, and with it loses the parser that refuses entities.
os.environ["OPENPYXL_LXML"] = "False"
