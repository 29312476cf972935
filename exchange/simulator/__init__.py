"""Stands in for the national exchange (VUM-UV), in demonstrations and tests.

It keeps strictly to the contracts: bemiddelaars put their questions to it over HTTP, it asks every source
over HTTP and gives back their answers. It runs as a process of its own. The only thing that it knows of the
portal is which municipalities take part.
"""
