"""The Web API's methods, one module a family."""
