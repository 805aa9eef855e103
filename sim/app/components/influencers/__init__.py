"""What the view of people to be booked is made of."""
