"""The tests of the website. Run by tests/website.py."""
