"""The list of projects: found, filtered, put in order, a page at a time; one deed on several of them."""
