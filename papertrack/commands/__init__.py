"""Use cases, one a file: plain values and open resources in, one frozen result out."""
