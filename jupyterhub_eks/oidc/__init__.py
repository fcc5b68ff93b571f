"""Talk to identity providers: their discovery documents, and a login as the hub does it.

It is asked for by `jhub validate --online` and `jhub auth test`; nothing else opens a
connection to a provider.
"""
