"""What belongs to interface 3.x of VUM and to nothing else: what can be asked, headers, errors, addresses."""
