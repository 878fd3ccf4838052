/// Why a file cannot be read: one line that says what is wrong, where, and what to do.
public struct FormatError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, without the file's name ("the header claims 4,294,967,296 bytes, the file has
  /// 14").
  public var problem: String
  /// Where in the file: "byte 116", "line 3", "key 'CKA'"; empty where it concerns the whole file.
  public var place: String
  /// What the user can do about it.
  public var remedy: String
  /// The file, ready to show; set by `ResultFile`.
  public var file: String

  /// An error; the texts must be safe to show.
  public init(_ problem: String, at place: String = "", remedy: String = "", file: String = "") {
    self.problem = problem
    self.place = place
    self.remedy = remedy
    self.file = file
  }

  /// "FILE: PROBLEM at PLACE; REMEDY", one line.
  public var description: String {
    var line = file.isEmpty ? "" : "\(file): "
    line += problem
    if !place.isEmpty { line += " (\(place))" }
    if !remedy.isEmpty { line += "; \(remedy)" }
    return line
  }
}
