"""Pages of publications, and what machines ask of them."""
