"""What is published: publishing, undoing, withdrawing, finding and taking along."""
