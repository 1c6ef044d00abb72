"""Pulumi with simulated clouds: any Pulumi command of a project, without credentials and without a network.

The engine, the program, the SDKs and the Kubernetes provider are the real ones. Only the cloud providers
are simulated, and everything they invent is marked as such.
"""
