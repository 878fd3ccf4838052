/// A file that a result was made from, as it was then.
public struct SourceFile: Sendable, Equatable {
  /// Its absolute path, safe to show.
  public var path: String
  /// Its size in bytes.
  public var bytes: Int
  /// When it was last written, in nanoseconds since 1970.
  public var modified: Int
  /// The name of a hash and its digits, "xxh64:44bc2cf5ad770999", of all its bytes; for a folder,
  /// "list-xxh64:…" of its list of files. Nil where it was not computed.
  public var hash: String?

  /// A file as it was found.
  public init(path: String, bytes: Int, modified: Int, hash: String? = nil) {
    self.path = path
    self.bytes = bytes
    self.modified = modified
    self.hash = hash
  }
}
