"""How the page is served: address, messages to the browser, files for it."""
