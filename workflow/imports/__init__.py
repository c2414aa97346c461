"""Reading plans and people from workbooks that strangers made."""
