"""The address that a link leads to first. It shows nothing: it gives a cookie and leads on."""
