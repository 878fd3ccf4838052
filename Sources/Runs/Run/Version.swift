/// The version of this program.
public enum Version {
  /// As `cka --version` says it, and every result's record.
  public static let current = "0.1.0"
}
