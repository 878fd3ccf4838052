import Core
import Testing

@testable import Formats

@Suite struct ResultFileTests {
  @Test(arguments: [
    "a.pkl", "a.PKL", "run.1.pickle", "a.pt", "a.pth", "a.npy", "a.npz", "a.cka.safetensors",
    "a.json", "a.csv", "a.tsv", "a.h5", "a.HDF5", "a.pkl.gz", "a.yaml", "a.yml",
  ])
  func opensWhatResultsAreCalled(_ name: String) { #expect(ResultFile.isCandidate(name: name)) }

  @Test(arguments: ["", ".", ".a.pkl", "pkl", "a", "a.pkl~", "a.txt", "a.png", "a.bin", "a."])
  func passesOverOtherNames(_ name: String) { #expect(!ResultFile.isCandidate(name: name)) }

  @Test(
    arguments: [
      ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", .foreign, "Git LFS"),
      ("<!DOCTYPE html><html>404</html>", .foreign, "web page"),
      ("Not found", .empty, "names but no rows"),
      ("%PDF-1.7", .foreign, "PDF"), ("\u{7F}ELF", .foreign, "ELF"), (" \n", .empty, "white space"),
      ("PK\u{5}\u{6}", .foreign, "empty zip"),
      ("\u{1}\u{2}\u{3}", .foreign, "not a format that cka knows"),
      ("# Read me\n\nHello, you\n", .empty, "no result file"),
      ("{\"lr\": 0.1}", .noSuchKey, "no key 'CKA'"), ("[1, 2", .truncated, "not valid JSON"),
    ] as [(String, FormatError.Kind, String)])
  func saysWhatAFileIs(_ text: String, _ kind: FormatError.Kind, _ expected: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Array(text.utf8), "a.pkl")
    let error = #expect(throws: FormatError.self) { try ResultFile.read(path: path) }
    #expect(error?.kind == kind)
    #expect(error?.description.contains(expected) == true)
    #expect(error?.file == path)
  }

  @Test func aHostilePathIsShownHarmlessly() {
    let error = #expect(throws: FormatError.self) { try ResultFile.read(path: "/no/\u{1B}[2J") }
    #expect(error?.file == "/no/\\u{1B}[2J")
  }
}
