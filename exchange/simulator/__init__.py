"""A stand-in for the national exchange (VUM-UV), for demonstration and tests.

It keeps strictly to the contracts: bemiddelaars put their questions to it over HTTP, it asks every source
over HTTP and gives back what they answer. It runs as a process of its own and knows nothing of the portal
but which municipalities take part.
"""
