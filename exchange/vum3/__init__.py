"""What belongs to interface 3.x of VUM and to nothing else."""
