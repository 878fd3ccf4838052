import Foundation
import Testing

@testable import TorchBackend

/// Which Python is run, and where its package is.
@Suite struct PythonPlaceTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @Test func theFirstChoiceThatIsMadeCounts() throws {
    for name in ["wish", "variable", "venv/bin/python", "path/python3"] {
      try folder.write(program: "", name)
    }
    var environment = ["PATH": "/nowhere:\(folder.path)/path"]
    func choice(_ wish: String? = nil) throws -> [String] {
      let interpreter = try PythonInterpreter(
        wish, environment: environment, folder: folder.path)
      return [interpreter.path.replacing(folder.path, with: ""), interpreter.choice]
    }
    #expect(try choice() == ["/path/python3", "PATH"])
    environment["VIRTUAL_ENV"] = "\(folder.path)/venv"
    #expect(try choice() == ["/venv/bin/python", "$VIRTUAL_ENV"])
    environment["CKA_PYTHON"] = "\(folder.path)/variable"
    #expect(try choice() == ["/variable", "$CKA_PYTHON"])
    #expect(try choice("./wish") == ["/./wish", "--python"])
    #expect(try choice("python3") == ["/path/python3", "--python"])
  }

  @Test(
    "One that is not there is told, and no other is taken",
    arguments: [
      ("gone/python", "--python names the Python 'gone/python'"),
      ("python9", "--python names the Python 'python9'"),
    ])
  func missing(_ wish: String, _ reason: String) throws {
    let error = #expect(throws: (any Error).self) {
      try PythonInterpreter(wish, environment: ["PATH": "/usr/bin"], folder: folder.path)
    }
    #expect("\(try #require(error))".hasPrefix(reason))
  }

  @Test func aFolderOrATextFileIsNoPython() throws {
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/python3", withIntermediateDirectories: true)
    try Data("no program".utf8).write(to: URL(filePath: "\(folder.path)/text"))
    for wish in ["./python3", "./text"] {
      #expect(throws: (any Error).self) {
        try PythonInterpreter(wish, environment: [:], folder: folder.path)
      }
    }
  }

  @Test func thePackageIsBesideTheProgramThenInShareThenNamed() throws {
    let places = [
      "bin/cka_TorchBackend.resources/Python", "share/cka/Python", "elsewhere",
    ]
    let environment = ["CKA_TORCH_BACKEND": "\(folder.path)/elsewhere"]
    let program = "\(folder.path)/bin/cka"
    for place in places.reversed() {
      try folder.write(program: "", "\(place)/start.py")
      #expect(
        try PythonPackage.folder(environment: environment, program: program)
          == "\(folder.path)/\(place)")
    }
  }

  @Test func aMissingPackageSaysWhatToInstall() throws {
    let error = #expect(throws: (any Error).self) {
      try PythonPackage.folder(
        environment: ["CKA_TORCH_BACKEND": "wrong"], program: "\(folder.path)/bin/cka")
    }
    let line = "\(try #require(error))"
    #expect(line.contains("/wrong; install its folder 'Python' as \(folder.path)/share/cka/Python"))
  }
}
