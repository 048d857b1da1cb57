"""The engine: first apart from llama.cpp, then with it."""
