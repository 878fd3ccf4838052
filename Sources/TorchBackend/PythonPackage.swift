import Core
import Formats
import Foundation

/// The Python package that runs models, and where it is installed.
public enum PythonPackage {
  /// The variable that names the folder when it is neither beside the program nor in `share`.
  public static let variable = "CKA_TORCH_BACKEND"

  /// The absolute path of the folder that holds `cka_torch`: beside the program, then
  /// `../share/cka/Python`, then `$CKA_TORCH_BACKEND`.
  /// - Parameter program: the program's own path.
  /// - Throws: `FormatError` that says where it was looked for.
  public static func folder(
    environment: [String: String], program: String = ownProgram
  ) throws(FormatError) -> String {
    let home = (program as NSString).deletingLastPathComponent
    var places = [
      "\(home)/cka_TorchBackend.resources/Python",
      "\((home as NSString).deletingLastPathComponent)/share/cka/Python",
    ]
    if let wish = environment[variable], !wish.isEmpty { places.append(absolute(wish)) }
    for place in places where FileManager.default.fileExists(atPath: "\(place)/\(entry)") {
      return place
    }
    throw FormatError(
      .process,
      "the Python package that runs models is in none of "
        + places.map(SafeText.sanitise).joined(separator: ", "),
      remedy: "install its folder 'Python' as \(SafeText.sanitise(places[1])), or name it in "
        + "$\(variable)")
  }

  /// The running program, links followed.
  public static var ownProgram: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// The words that run `verb` of the package in `folder`. A script of its own and not `-m`, with
  /// which Python would import whatever the working folder holds.
  public static func call(_ interpreter: PythonInterpreter, in folder: String, _ verb: String)
    -> [String]
  { [interpreter.path, "\(folder)/\(entry)", verb] }

  private static let entry = "start.py"

  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  }
}
