package org.wandagpu.cuda.jcuda;

import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerCompile;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerCreate;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerDestroy;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetErrorLog;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetErrorLogSize;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetInfoLog;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetInfoLogSize;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/** The PTX compiler that JCuda brings: assembles for a GPU that is not there, and says what a kernel takes. */
public final class PtxAssembler {

    private static final Pattern ENTRY = Pattern.compile("Compiling entry function '([^']+)'");
    private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern USE = Pattern.compile("Used (\\d+) registers(?:.*?(\\d+) bytes smem)?");

    static {
        NativeLibraries.unpackPrivately(() -> JNvPTXCompiler.setExceptionsEnabled(false));
    }

    /**
     * What an entry takes.
     *
     * @param registers of a thread
     * @param sharedBytes static shared memory of a block
     * @param spillBytes of registers that did not fit
     */
    public record Use(int registers, int sharedBytes, int spillBytes) {
    }

    private PtxAssembler() {
    }

    /**
     * Assembles PTX.
     *
     * @param target as {@code sm_80}
     * @return use by entry
     * @throws IllegalArgumentException with the compiler's complaint
     */
    public static Map<String, Use> assemble(String ptx, String target) {
        byte[] text = (ptx + '\0').getBytes(StandardCharsets.US_ASCII);
        nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
        check(nvPTXCompilerCreate(compiler, text.length, text), "");
        try {
            String[] options = {"--gpu-name=" + target, "--verbose"};
            int status = nvPTXCompilerCompile(compiler, options.length, options);
            check(status, status == nvPTXCompileResult.NVPTXCOMPILE_SUCCESS ? "" : errors(compiler));
            return uses(information(compiler));
        } finally {
            nvPTXCompilerDestroy(compiler);
        }
    }

    private static Map<String, Use> uses(String log) {
        Map<String, Use> uses = new LinkedHashMap<>();
        String entry = "";
        int spills = 0;
        for (String line : log.lines().toList()) {
            Matcher found = ENTRY.matcher(line);
            if (found.find()) {
                entry = found.group(1);
            }
            found = SPILLS.matcher(line);
            if (found.find()) {
                spills = Integer.parseInt(found.group(1)) + Integer.parseInt(found.group(2));
            }
            found = USE.matcher(line);
            if (found.find()) {
                int shared = found.group(2) == null ? 0 : Integer.parseInt(found.group(2));
                uses.put(entry, new Use(Integer.parseInt(found.group(1)), shared, spills));
            }
        }
        return uses;
    }

    private static String errors(nvPTXCompilerHandle compiler) {
        long[] size = new long[1];
        nvPTXCompilerGetErrorLogSize(compiler, size);
        byte[] log = new byte[(int) size[0] + 1];
        nvPTXCompilerGetErrorLog(compiler, log);
        return new String(log, StandardCharsets.US_ASCII).strip();
    }

    private static String information(nvPTXCompilerHandle compiler) {
        long[] size = new long[1];
        nvPTXCompilerGetInfoLogSize(compiler, size);
        byte[] log = new byte[(int) size[0] + 1];
        nvPTXCompilerGetInfoLog(compiler, log);
        return new String(log, StandardCharsets.US_ASCII);
    }

    private static void check(int status, String log) {
        if (status != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
            throw new IllegalArgumentException(nvPTXCompileResult.stringFor(status) + ": " + log);
        }
    }
}
