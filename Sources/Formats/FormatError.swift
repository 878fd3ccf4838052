/// Why a file cannot be read, or what was asked cannot be done: what kind of thing is wrong, where,
/// and what to do. Code decides by `kind`; the texts are for people.
public struct FormatError: Error, Sendable, Equatable {
  /// What is wrong, for programs and tests.
  public var kind: Kind
  /// What is wrong, without the file's name ("the header claims 4,294,967,296 bytes, the file has
  /// 14").
  public var problem: String
  /// Where in the file: "byte 116", "line 3", "key 'CKA'"; empty where it concerns the whole file.
  public var place: String
  /// What the user can do about it.
  public var remedy: String
  /// The file, ready to show; set by `ResultFile`.
  public var file: String
  /// The names that there are, where one was asked for that is not among them; as they are.
  public var available: [String] = []

  /// An error; the texts must be safe to show.
  public init(
    _ kind: Kind, _ problem: String, at place: String = "", remedy: String = "", file: String = "",
    available: [String] = []
  ) {
    self.kind = kind
    self.problem = problem
    self.place = place
    self.remedy = remedy
    self.file = file
    self.available = available
  }

  /// What can be wrong. The raw values go through the pipe of the process that reads HDF5.
  public enum Kind: String, Sendable, CaseIterable {
    // The bytes.
    /// The file ends before its parts do.
    case truncated
    /// The bytes contradict themselves or their format.
    case damaged
    /// A text does not follow its grammar: JSON, YAML, CSV, UTF-8, a number.
    case syntax
    /// Bytes of another kind than what is read here.
    case foreign
    /// Sound, and nothing that this program reads.
    case unsupported
    /// Written by a newer version of a format.
    case tooNew
    /// Reading it would run code.
    case unsafe
    /// It passes a limit or the memory that there is.
    case tooLarge

    // What they hold.
    /// It holds nothing.
    case empty
    /// A part that must be there is not.
    case missing
    /// No name like the one asked for: see `available`.
    case noSuchKey
    /// A value of another type than what must stand there.
    case wrongType
    /// Sizes that do not fit together.
    case wrongShape
    /// Sound, and without CKA in it.
    case noResult
    /// Two things of one name, or two values of one thing.
    case ambiguous
    /// Parts or files that must agree do not.
    case mismatch

    // The file system and other processes.
    /// There is no such file.
    case noSuchFile
    /// A folder, a pipe or a device.
    case notAFile
    /// The system does not let it be read.
    case unreadable
    /// It became another file while it was read.
    case changed
    /// It cannot be written, or must not be.
    case unwritable
    /// A process that reads or computes for this one cannot do so; no fault of the file.
    case process

    /// What was asked for cannot be done: an option's value, or two that exclude each other.
    case request
  }
}

extension FormatError: CustomStringConvertible {
  /// "FILE: PROBLEM (PLACE); REMEDY", one line.
  public var description: String {
    var line = file.isEmpty ? "" : "\(file): "
    line += problem
    if !place.isEmpty { line += " (\(place))" }
    if !remedy.isEmpty { line += "; \(remedy)" }
    return line
  }
}
