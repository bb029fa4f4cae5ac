"""The domain: frozen values and pure rules; standard library and numpy only."""
