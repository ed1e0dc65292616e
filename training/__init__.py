"""How the shipped tone model was made: a resumable recipe. The product never imports this package."""
