"""Reads a compiled BPF object: its programs, the functions that they call, their instructions and maps. Refuses to know
what any kernel allows. ELF64 little endian; BTF only as far as the types of maps need it."""

import dataclasses
import struct

SHT_SYMTAB, SHT_REL = 2, 9
STT_FUNC = 2
SHN_UNDEF = 0
CALL, LOAD_64 = 0x85, 0x18
PSEUDO_CALL = 1
BTF_PTR, BTF_ARRAY, BTF_STRUCT, BTF_VAR, BTF_DATASEC = 2, 3, 4, 14, 15


@dataclasses.dataclass(frozen=True)
class Instruction:
    code: int
    source: int
    offset: int
    value: int


@dataclasses.dataclass(frozen=True)
class Symbol:
    name: str
    kind: int
    section: int
    value: int
    size: int


@dataclasses.dataclass
class Function:
    name: str
    section: str
    instructions: list
    calls: dict  # index of an instruction -> name of the function that it calls or takes the address of
    symbols: dict  # index of an instruction -> symbol that its relocation names


def text_at(table, offset):
    return table[offset : table.index(b"\0", offset)].decode()


class BpfObject:
    def __init__(self, path):
        self.data = path.read_bytes()
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{path} is not a little-endian ELF64 file")
        self._read_sections()
        self._read_symbols()
        self.functions = {
            each.name: self._function(each)
            for each in self.symbols
            if each.kind == STT_FUNC and each.section != SHN_UNDEF
        }
        self.maps = self._maps()

    def programs(self):
        """What can be loaded: every function outside of .text, which has the ones that programs call."""
        return {name: each for name, each in self.functions.items() if each.section != ".text"}

    def reached_from(self, program):
        """The program and all functions that it calls, directly or not."""
        reached, waiting = {}, [program]
        while waiting:
            function = waiting.pop()
            if function.name not in reached:
                reached[function.name] = function
                waiting += [self.functions[name] for name in function.calls.values()]
        return list(reached.values())

    def _read_sections(self):
        (table,) = struct.unpack_from("<Q", self.data, 40)
        size, count, names = struct.unpack_from("<HHH", self.data, 58)
        heads = [struct.unpack_from("<IIQQQQIIQQ", self.data, table + i * size) for i in range(count)]
        text = self._content(heads[names])
        self.heads = heads
        self.names = [text_at(text, head[0]) for head in heads]

    def _content(self, head):
        return self.data[head[4] : head[4] + head[5]]

    def _section(self, name):
        return self._content(self.heads[self.names.index(name)]) if name in self.names else b""

    def _read_symbols(self):
        head = next(head for head in self.heads if head[1] == SHT_SYMTAB)
        text = self._content(self.heads[head[6]])
        self.symbols = [
            Symbol(text_at(text, name), info & 15, section, value, size)
            for name, info, _, section, value, size in struct.iter_unpack("<IBBHQQ", self._content(head))
        ]
        self.relocations = {}  # (section, offset) -> symbol
        for head in self.heads:
            if head[1] == SHT_REL:
                for offset, info in struct.iter_unpack("<QQ", self._content(head)):
                    self.relocations[head[7], offset] = self.symbols[info >> 32]

    def _function(self, symbol):
        code = self._content(self.heads[symbol.section])[symbol.value : symbol.value + symbol.size]
        instructions = [
            Instruction(op, registers >> 4, offset, value)
            for op, registers, offset, value in struct.iter_unpack("<BBhi", code)
        ]
        function = Function(symbol.name, self.names[symbol.section], instructions, {}, {})
        for i, each in enumerate(instructions):
            relocated = self.relocations.get((symbol.section, symbol.value + i * 8))
            if relocated:
                function.symbols[i] = relocated
            if each.code == CALL and each.source == PSEUDO_CALL:
                # As libbpf reads it: relative to the symbol, or without one to the next instruction.
                section = relocated.section if relocated else symbol.section
                base = relocated.value if relocated else symbol.value + i * 8
                function.calls[i] = self._function_at(section, base + (each.value + 1) * 8)
            elif each.code == LOAD_64 and relocated and self.names[relocated.section] == ".text":
                function.calls[i] = self._function_at(relocated.section, relocated.value + each.value)
        return function

    def _function_at(self, section, offset):
        for each in self.symbols:
            if each.kind == STT_FUNC and (each.section, each.value) == (section, offset):
                return each.name
        raise ValueError(f"a call goes to {self.names[section]}+{offset}, where no function is")

    def _maps(self):
        """The number of each map's type (enum bpf_map_type), by its name; from BTF, where `__uint(type, N)` is an array
        of N elements."""
        types, text = self._types()
        maps = {}
        for kind, name, _, section in types:
            if kind != BTF_DATASEC or text_at(text, name) != ".maps":
                continue
            for variable, _, _ in struct.iter_unpack("<III", section):
                _, variable_name, structure, _ = types[variable - 1]
                for member, pointer, _ in struct.iter_unpack("<III", types[structure - 1][3]):
                    if text_at(text, member) == "type":
                        array = types[types[pointer - 1][2] - 1]
                        maps[text_at(text, variable_name)] = struct.unpack("<III", array[3])[2]
        return maps

    def _types(self):
        """Every type of the BTF as (kind, name, size or type, what follows), and its text."""
        data = self._section(".BTF")
        if not data:
            return [], b""
        head, types_at, types_size, text_at_, text_size = struct.unpack_from("<IIIII", data, 4)
        text = data[head + text_at_ : head + text_at_ + text_size]
        types, at, end = [], head + types_at, head + types_at + types_size
        while at < end:
            name, info, size = struct.unpack_from("<III", data, at)
            kind, count = info >> 24 & 31, info & 0xFFFF
            # Bytes behind the head, by kind (include/uapi/linux/btf.h).
            each = {
                1: 4,
                3: 12,
                4: 12 * count,
                5: 12 * count,
                6: 8 * count,
                13: 8 * count,
                14: 4,
                15: 12 * count,
                17: 4,
            }
            follows = {19: 12 * count, **each}.get(kind, 0)
            types.append((kind, name, size, data[at + 12 : at + 12 + follows]))
            at += 12 + follows
        return types, text
