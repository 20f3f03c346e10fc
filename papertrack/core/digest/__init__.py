"""An issue of the digest: laid out, rendered, cited, and in its other forms."""
