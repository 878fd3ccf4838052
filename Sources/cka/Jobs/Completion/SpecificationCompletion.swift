import Core
import Explorer
import Foundation
import Recipe

/// What may follow the beginning of a specification of a model or of data.
struct SpecificationCompletion {
  /// The names of networks that a library makes, `torchvision` or `timm`.
  let names: (String) throws -> [String]
  /// Specifications that were used before, newest first.
  let recent: [String]

  /// The texts that may stand where `text` was begun: whole specifications, as far as they are
  /// known.
  /// - Throws: why the names of a library cannot be told.
  func candidates(_ text: String, isModel: Bool) throws -> [Completion] {
    let specification = Specification(text)
    if specification.query != nil { return arguments(specification, isModel: isModel) }
    guard specification.target != nil else { return beginnings(specification, isModel: isModel) }
    let again = recent.filter { $0.hasPrefix(text) && $0 != text }.map { Completion($0, note: "") }
    let found = try rests(specification, isModel: isModel)
    return again + found.filter { !again.contains($0) }
  }

  // MARK: Kinds

  private static let modelKinds = [
    Completion("torchvision:", note: "a network of torchvision, such as resnet18"),
    Completion("timm:", note: "a network of timm"),
    Completion("hf:", note: "a transformers model, by name or folder"),
    Completion("py:", note: "FILE.py:FUNCTION that makes a module; runs that file"),
    Completion("script:", note: "a TorchScript file; runs it"),
    Completion("hub:", note: "OWNER/REPO:NAME of torch.hub; downloads and runs it"),
  ]
  private static let dataKinds = [
    Completion("digits", note: "scikit-learn's 8 × 8 digits, for trying things out"),
    Completion("npz:", note: "a file of arrays: x, images or data, and ids"),
    Completion("imagefolder:", note: "a folder of images"),
    Completion("torchvision:", note: "a data set of torchvision, such as CIFAR10"),
    Completion("py:", note: "FILE.py:FUNCTION that makes a loader or data set; runs that file"),
  ]

  /// Recent specifications, kinds, and files in this folder.
  private func beginnings(_ start: Specification, isModel: Bool) -> [Completion] {
    let text = start.text
    let again = recent.filter { $0.hasPrefix(text) && $0 != text }
      .map { Completion($0, note: "used before") }
    let kinds = (isModel ? Self.modelKinds : Self.dataKinds)
      .filter { $0.text.hasPrefix(start.kind) && $0.text != start.kind }
      .map { Completion(start.prefix + $0.text, note: $0.note) }
    let files = nearby(start.kind, isModel: isModel)
      .map { Completion(start.prefix + $0, note: "in this folder") }
    return again + kinds + files
  }

  private func nearby(_ start: String, isModel: Bool) -> [String] {
    let endings = [".py"] + (isModel ? [".pt", ".pth", ".ts"] : [".npz"])
    return PathCompletion.paths(beginning: start, endings: endings).compactMap { path in
      if path.hasSuffix("/") { return nil }
      if path.hasSuffix(".py") { return "py:\(path):" }
      return path.hasSuffix(".npz") ? "npz:\(path)" : "script:\(path)"
    }
  }

  // MARK: After the colon

  private func rests(_ start: Specification, isModel: Bool) throws -> [Completion] {
    let rest = start.target ?? ""
    func whole(_ rests: [String]) -> [Completion] {
      rests.map { Completion("\(start.prefix)\(start.kind):\($0)") }
    }
    func paths(_ endings: [String]) -> [String] {
      PathCompletion.paths(beginning: rest, endings: endings)
    }
    switch start.kind {
    case "torchvision" where !isModel:
      return whole(Self.dataSets.filter { $0.lowercased().hasPrefix(rest.lowercased()) })
    case "torchvision", "timm":
      return whole(try names(start.kind).filter { $0.hasPrefix(rest) })
    case "py":
      if let (file, function) = start.parts, file.hasSuffix(".py") {
        let found = PythonFunctions.names(in: file).filter { $0.hasPrefix(function) }
        return whole(found.map { "\(file):\($0)" })
      }
      return whole(paths([".py"]).map { $0.hasSuffix(".py") ? $0 + ":" : $0 })
    case "script": return whole(paths([".pt", ".pth", ".ts"]))
    case "npz": return whole(paths([".npz"]))
    case "imagefolder", "hf": return whole(paths([]))
    default: return []
    }
  }

  private static let dataSets = [
    "CIFAR10", "CIFAR100", "FashionMNIST", "Flowers102", "Food101", "ImageNet", "Imagenette",
    "KMNIST", "MNIST", "OxfordIIITPet", "STL10", "SVHN",
  ]

  // MARK: After the question mark

  private func arguments(_ start: Specification, isModel: Bool) -> [Completion] {
    let arguments = start.query ?? ""
    let head = arguments.lastIndex(of: "&").map { String(arguments[...$0]) } ?? ""
    let last = String(arguments.dropFirst(head.count))
    func whole(_ ends: [String]) -> [Completion] {
      var copy = start
      return ends.map { end in
        copy.query = head + end
        return Completion(copy.text)
      }
    }
    for key in ["checkpoint=", "root="] where last.hasPrefix(key) {
      let path = SpecificationOption(last).text ?? ""
      return whole(
        PathCompletion.paths(beginning: path, endings: key == "root=" ? [] : nil)
          .map { SpecificationOption(key: String(key.dropLast()), text: $0).written })
    }
    return whole(
      Self.keys(start.kind, isModel: isModel).filter { $0.hasPrefix(last) && $0 != last })
  }

  private static func keys(_ kind: String, isModel: Bool) -> [String] {
    switch (kind, isModel) {
    case ("torchvision", true): ["weights=DEFAULT", "checkpoint=", "prefix=", "key="]
    case ("timm", true): ["pretrained=true", "checkpoint=", "prefix=", "key="]
    case ("py", true), ("hub", true), ("hf", true): ["checkpoint=", "prefix=", "key="]
    case ("torchvision", false): ["root=", "split=test", "size="]
    case ("imagefolder", false), ("digits", false): ["size="]
    default: []
    }
  }
}
