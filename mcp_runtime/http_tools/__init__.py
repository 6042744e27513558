"""Tools that are one REST call: from the arguments to the request, and from the answer to the result.

Pure: nothing here opens a connection, and nothing knows a secret's value but the function that is given to fill it in.
"""
