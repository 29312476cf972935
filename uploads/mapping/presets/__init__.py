"""Files whose layout is known beforehand."""
