/// Where a result stands: the file, and which of the file's results it is.
public struct ResultID: Sendable, Hashable, Comparable {
  /// The file's path as the user gave it, or as the walk of a folder found it.
  public var path: String
  /// Which result of a file that holds several ("run A", "[2]"); empty when it holds one.
  public var key: String

  /// The result `key` of the file at `path`.
  public init(path: String, key: String = "") {
    self.path = path
    self.key = key
  }

  /// By path, then key.
  public static func < (a: ResultID, b: ResultID) -> Bool {
    (a.path, a.key) < (b.path, b.key)
  }
}
