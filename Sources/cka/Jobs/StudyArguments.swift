import Core
import Explorer
import Formats
import Foundation
import Runs
import Similarity

extension StudyFile {
  /// The command line that says the same from the working folder, `compute` first.
  var arguments: [String] {
    var arguments = ["compute"]
    func add(_ option: String, _ value: String?) {
      if let value { arguments.append("\(option)=\(value)") }
    }
    if let study = models?.moved(to: ".") {
      arguments += [ComputeOptions.torchWord] + study.models
      add("--data", study.data)
      add("--data2", study.secondData)
    } else {
      arguments += features
    }
    if let output { arguments += ["-o", output] }
    add("--layers", layers)
    switch batchSize {
    case .all: add("--batch-size", "all")
    case .samples(let count): add("--batch-size", String(count))
    case nil: break
    }
    add("--estimator", estimator)
    add("--kernel", kernel)
    add("--pool", pool?.rawValue)
    add("--layout", layout?.text)
    add("--axes", axes?.text)
    if models == nil { add("--tokens", tokens?.rawValue) }
    add("--weighting", weighting)
    add("--precision", precision)
    add("--until-ci", untilCI.map { String($0) })
    add("--keep", keep)
    add("--null", null.map(String.init))
    add("--threads", threads.map(String.init))
    add("--shuffle", shuffle.map(Self.shuffleText))
    if skipBad == true { arguments.append("--skip-bad") }
    return arguments + (models?.options ?? [])
  }
}

extension ModelStudy {
  /// What is said of models besides their names and data, as options.
  fileprivate var options: [String] {
    let values = [
      ("--max-batches", maxBatches.map(String.init)), ("--device", device), ("--types", types),
      ("--tokens", tokens), ("--dtype", dtype), ("--seed", seed.map(String.init)),
      ("--python", python),
    ]
    return values.compactMap { option, value in value.map { "\(option)=\($0)" } }
      + (tf32 == true ? ["--tf32"] : []) + (keepDuplicates == true ? ["--keep-duplicates"] : [])
  }
}

extension JobDesk {
  /// The command line of a job that ran in `folder` as the form has it: seen from the working
  /// folder, and what a study file says spelt out.
  static func formArguments(of command: [String], in folder: String) throws -> [String] {
    var options = try ComputeCommand.parse(Array(command.dropFirst())).options
    let saysWeighting = options.weighting != nil
    options.settleWeighting(StudyFile.weightingOfOldFiles)
    guard options.backend == nil else {
      return command + (saysWeighting ? [] : ["--weighting=\(StudyFile.weightingOfOldFiles)"])
    }
    let isHere = folder == FileManager.default.currentDirectoryPath
    func moved(_ path: String) -> String {
      isHere || path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }
    let ofModels = options.features.first == ComputeOptions.torchWord
    if !ofModels { options.features = options.features.map(moved) }
    options.output = options.output.map(moved)
    // A name without a slash is looked for on PATH.
    options.torch.python = options.torch.python.map { $0.contains("/") ? moved($0) : $0 }
    var recipe = try options.recipe()
    if ofModels, !isHere { recipe.models?.folder = folder }
    let isPatient = options.patience != RunRequest.standardPatience
    return recipe.arguments + (isPatient ? ["--patience=\(options.patience)"] : [])
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
    var recipe: StudyFile
    do {
      recipe = try ComputeCommand.parse(Array(arguments.dropFirst())).options.recipe()
    } catch {
      throw FormatError(BackgroundJob.reason(error))
    }
    // A file that says none means another.
    recipe.weighting = recipe.weighting ?? Weighting.standard.rawValue
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let text = recipe.encode(folder: folder.isEmpty ? "/" : folder)
    // A recipe has no values that a damaged file could have spoilt.
    try AtomicFile.write(Array(text.utf8), to: path, unless: {})
    // A name that begins with a dash would be taken for an option.
    let word = ShellWord.quoted(path.hasPrefix("-") ? "./" + path : path)
    return .done("wrote \(SafeText.sanitise(path)); cka compute \(word) repeats it")
  }
}
