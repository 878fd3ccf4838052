import CKACore
import Explorer
import Formats
import Glibc

extension StudyFile {
  /// The command line that says the same, `compute` first.
  var arguments: [String] {
    var arguments = ["compute"] + features
    func add(_ option: String, _ value: String?) {
      if let value { arguments.append("\(option)=\(value)") }
    }
    if let output { arguments += ["-o", output] }
    switch batchSize {
    case .all: add("--batch-size", "all")
    case .samples(let count): add("--batch-size", String(count))
    case nil: break
    }
    add("--layers", layers)
    add("--estimator", estimator)
    add("--kernel", kernel)
    add("--pool", pool?.rawValue)
    add("--layout", layout?.text)
    add("--weighting", weighting)
    add("--precision", precision)
    add("--until-ci", untilCI.map { String($0) })
    add("--keep", keep)
    add("--threads", threads.map(String.init))
    return arguments
  }
}

extension JobDesk {
  /// The command line of a job for the form, seen from this folder; what a study file says is spelt out.
  static func formArguments(of command: [String], in folder: String) throws -> [String] {
    let here = String(cString: getcwd(nil, 0))
    guard let form = ComputeForm(arguments: command) else { return command }
    var seen = folder == here ? form : form.rebased(on: folder)
    if seen.features.count == 1, let path = seen.features.first, ComputeOptions.isStudyFile(path) {
      let options = try ComputeCommand.parse(Array(seen.arguments.dropFirst())).options
      seen = ComputeForm(arguments: try options.recipe().arguments) ?? seen
    }
    return seen.arguments
  }

  /// Fills the form in from a study file.
  static func openStudy(_ path: String) throws -> JobReport {
    guard ComputeOptions.isStudyFile(path) else {
      throw FormatError("a study file's name ends in .yaml", file: SafeText.sanitise(path))
    }
    return .form(try StudyFile.read(path: path).arguments)
  }

  /// Writes what `arguments` say as a study file.
  static func saveStudy(_ path: String, _ arguments: [String], replacing: Bool) throws -> JobReport
  {
    guard ComputeOptions.isStudyFile(path) else {
      throw FormatError("a study file's name ends in .yaml", file: SafeText.sanitise(path))
    }
    var status = stat()
    // A link that leads nowhere is the user's too.
    guard replacing || lstat(path, &status) != 0 else { return .studyExists(path) }
    let recipe: StudyFile
    do {
      recipe = try ComputeCommand.parse(Array(arguments.dropFirst())).options.recipe()
    } catch {
      throw FormatError(BackgroundJob.reason(error))
    }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let text = recipe.encode(folder: folder.isEmpty ? "/" : folder)
    try AtomicFile.write(Array(text.utf8), to: path)
    return .done(
      "wrote \(SafeText.sanitise(path)); cka compute \(SafeText.sanitise(path)) repeats it")
  }
}
